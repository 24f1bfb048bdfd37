/** What the subcommands say where every inbound message has its service. */
export const nothingUnrouted = ['There are no unrouted messages.'];
