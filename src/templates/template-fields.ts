import { choice, list, object, optional, text } from '../operation/schema.ts';
import { buttonTypes } from './template.ts';

/** Max characters of a body (Cloud API reference, template components). */
export const bodyLimit = 1024;
/** Max characters of a header. */
export const headerLimit = 60;

/** The request body that creates a template. */
export const newTemplateBody = object({
  DisplayName: text({
    title: 'Displayname',
    description: 'Name of the template. Its id is made from it: "Order shipped" becomes order_shipped.',
    maxLength: 100,
  }),
  RawContent: text({
    title: 'Content',
    description: 'The text. Write {{1}}, {{2}} and so on for what differs from message to message.',
    maxLength: bodyLimit,
  }),
  Category: text({
    title: 'Template Category',
    description: 'What the template is for.',
    visibility: 'important',
    dropdown: { operationId: 'GetWhatsappTemplateCategories' },
  }),
  Language: text({ title: 'Template Language', description: 'Two-letter code of the language, for example en.' }),
  Buttons: optional(
    list(
      object({
        Type: optional(
          choice(buttonTypes, {
            title: 'Button Type',
            description: 'What the button does. All buttons have the same type.',
          }),
        ),
        Label: optional(
          text({ title: 'Button Label', description: 'Text on the button, up to 25 characters.', maxLength: 25 }),
        ),
        Data: optional(
          text({
            title: 'Button Data',
            description:
              'Url: address up to 2,000 characters, may end in {{1}}. Call: number. QuickReply: text. The last two up to 20.',
          }),
        ),
      }),
      { title: 'Buttons', description: 'Buttons below the text, all of one type.', maxItems: 10 },
    ),
  ),
  HeaderText: optional(
    text({
      title: 'Header Text',
      description: 'Heading above the text, up to 60 characters. It may contain {{1}}.',
      maxLength: headerLimit,
    }),
  ),
  AttachmentUrl: optional(
    text({
      title: 'Attachment Url',
      description: 'Address of an example, if messages carry an image, video or document above the text.',
    }),
  ),
});
