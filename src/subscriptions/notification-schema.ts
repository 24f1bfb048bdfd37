import { list, object, optional, text, timestamp } from '../operation/schema.ts';

/** The notification that a flow gets for each message: the fields that flows know, and optional ones added later. */
export const notificationSchema = object({
  sender: text({ title: 'Message Sender', description: 'Who sent the message.', visibility: 'important' }),
  recipient: text({
    title: 'Message Recipient',
    description: 'Your number that the message was sent to.',
    visibility: 'important',
  }),
  content: text({ title: 'Message Content', description: 'The text of the message.', visibility: 'important' }),
  timestamp: timestamp({
    title: 'Message Timestamp',
    description: 'When the carrier received the message.',
    visibility: 'important',
  }),
  protocol: text({
    title: 'Message Protocol',
    description: 'How the message came: SMS, MMS or WhatsApp.',
    visibility: 'important',
  }),
  attachments: list(
    object({
      name: text({ title: 'Attachment Filename', description: 'The name of the file.', visibility: 'important' }),
      mimeType: text({ title: 'Attachment Mime Type', description: 'The type of the file.', visibility: 'important' }),
      resourceLocation: text({
        title: 'Attachment Resource Location',
        description: 'Address of the file, valid for a limited time. Empty if the file is not available.',
        visibility: 'important',
      }),
      error: optional(text({ title: 'Attachment Error', description: 'Why the file is not available.' })),
    }),
    { title: 'Attachments', description: 'The files that came with the message.' },
  ),
  messageId: text({
    title: 'Message Id',
    description: 'Id of the message, for ParentMessage Id of Send Reply Message.',
    visibility: 'important',
  }),
  threadId: optional(
    text({
      title: 'Thread Id',
      description: 'Id of the conversation, for Thread Id of Send Discussion Reply Message.',
    }),
  ),
  serviceId: optional(text({ title: 'Service Id', description: 'The service that received the message.' })),
  customerId: optional(text({ title: 'Customer Id', description: 'The customer that received the message.' })),
  keyword: optional(text({ title: 'Keyword', description: 'Keyword that routed the message here, if any.' })),
  parentMessageId: optional(
    text({ title: 'Parent Message Id', description: 'Id of your last message in this conversation, if any.' }),
  ),
});
