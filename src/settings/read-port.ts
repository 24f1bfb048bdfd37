/** The port that Azure's own local host uses. */
const defaultPort = 7071;

/**
 * Reads a port from a command line or the environment's PORT; default: 7071.
 *
 * @throws a sentence where it isn't a port
 */
export function readPort(given: string | undefined): number {
  if (given === undefined || given === '') return defaultPort;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`'${given}' is not a port: give 0 to 65535.`);
  return port;
}
