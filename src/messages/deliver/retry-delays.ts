/** Seconds before each further attempt where a carrier refused for the moment; after the last, the recipient fails. */
export const retryDelays = [2, 10, 60, 300, 900, 3_600, 10_800, 21_600] as const;
