/** Seconds before each further attempt after a refusal for now. When the last one fails too, the recipient fails. */
export const retryDelays = [2, 10, 60, 300, 900, 3_600, 10_800, 21_600] as const;
