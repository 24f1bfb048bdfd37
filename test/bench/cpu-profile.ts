/** What `node --cpu-prof` writes, as far as it is read here. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

/** Time by package, or by file where it is this project's own; the largest share first, idle time left out. */
export function aggregateProfile({ nodes, samples, timeDeltas }: CpuProfile): { place: string; share: number }[] {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const byPlace = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const place = places.get(id) ?? 'unknown';
    if (place === '(idle)') continue;
    const time = timeDeltas[index] ?? 0;
    total += time;
    byPlace.set(place, (byPlace.get(place) ?? 0) + time);
  }
  return [...byPlace]
    .map(([place, time]) => ({ place, share: time / total }))
    .sort((left, right) => right.share - left.share);
}

function placeOf({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName.startsWith('(') ? functionName : `${functionName} (built into Node)`;
  if (url.startsWith('node:')) return url.replace(/^(node:(?:internal\/)?[^/]+).*/, '$1');
  const name = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules\/)/.exec(url)?.[1];
  return name ?? url.replace(/^.*\/(src|functions|dist)\//, '$1/');
}
