/** What the subcommands print if every inbound message found its service. */
export const nothingUnrouted = ['There are no unrouted messages.'];
