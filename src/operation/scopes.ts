/** The OAuth 2.0 scopes, one for each group of operations, with the sentence that a consent page shows. */
export const scopes = {
  'Gateway.Send': 'Send messages and see what became of them.',
  'Customer.Services': 'List the services of your customers.',
  'User.Customers': 'List the customers you are assigned to.',
  'TwoWay.Management': 'Register and remove triggers for received messages.',
  WhatsApp: 'Manage WhatsApp templates, identities and opt-ins.',
  'Discussion.Reply': 'Reply in a discussion.',
  'Group.Management': 'Manage the contacts of group services.',
} as const;

export type Scope = keyof typeof scopes;
