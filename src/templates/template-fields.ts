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
    description: 'What the template is called. Its id follows from it: small letters, digits and underscores.',
    maxLength: 100,
  }),
  RawContent: text({
    title: 'Content',
    description: 'The text of the template. What differs from message to message is written as {{1}}, {{2}} and so on.',
    maxLength: bodyLimit,
  }),
  Category: text({
    title: 'Template Category',
    description: 'What the template is for.',
    visibility: 'important',
    dropdown: { operationId: 'GetWhatsappTemplateCategories' },
  }),
  Language: text({ title: 'Template Language', description: 'The two-letter code of the language, for example en.' }),
  Buttons: optional(
    list(
      object({
        Type: optional(choice(buttonTypes, { title: 'Button Type', description: 'What the button does.' })),
        Label: optional(
          text({ title: 'Button Label', description: 'What the button shows, up to 25 characters.', maxLength: 25 }),
        ),
        Data: optional(
          text({
            title: 'Button Data',
            description:
              'The address (Url, up to 2000 characters; it may end in {{1}}), the phone number (Call) or the text (QuickReply), up to 20 characters.',
          }),
        ),
      }),
      { title: 'Buttons', description: 'The buttons under the text, all of one type.', maxItems: 10 },
    ),
  ),
  HeaderText: optional(
    text({
      title: 'Header Text',
      description: 'A heading above the text, up to 60 characters. It may have the placeholder {{1}}.',
      maxLength: headerLimit,
    }),
  ),
  AttachmentUrl: optional(
    text({
      title: 'Attachment Url',
      description: 'The address of an example, where messages carry an image, a video or a document above the text.',
    }),
  ),
});
