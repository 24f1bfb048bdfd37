import { randomUUID } from 'node:crypto';

import { expect } from 'vitest';

import { channel } from '../labs/carriers/azure-communication.ts';
import { cloudNumber, ours } from './carriers-host.ts';
import type { CarriersHost } from './carriers-host.ts';

/** An attachment of an inbound message. */
export interface PhoneFile {
  name: string;
  mimeType: string;
  bytes: Uint8Array;
}

/** A service with a number of its own at one of the carriers, and functions to play the phone and the network. */
export interface CarrierLine {
  /** The id of the service, by which tests name the line. */
  service: string;
  protocol: 'SMS' | 'WhatsApp';
  write(from: string, content: string, file?: PhoneFile): void | Promise<void>;
  /** The messages that the carrier was asked to send to a phone, in its own form, oldest first. */
  taken(phone: string): Promise<readonly object[]> | readonly object[];
  /** The message that the carrier must have been asked to send for a text. */
  expected(text: { phone: string; content: string; recipientId: string }): object;
  /** Makes the network deliver the messages of a phone; absent if the network does so by itself. */
  deliver?(phone: string): Promise<void>;
}

type Fakes = Pick<CarriersHost, 'twilio' | 'cloud' | 'azure'>;
type GetFakes = () => Fakes;

const isText = expect.any(String) as string;

function twilioLine(service: string, protocol: CarrierLine['protocol'], fakes: GetFakes): CarrierLine {
  const write = (digits: string): string => `${protocol === 'SMS' ? '' : 'whatsapp:'}+${digits}`;
  const number = write(protocol === 'SMS' ? ours.twilioSms : ours.twilioWhatsApp);
  return {
    service,
    protocol,
    write: (from, content) => fakes().twilio.write({ from: write(from), to: number, content }),
    taken: (phone) => fakes().twilio.messages(write(phone)),
    expected: ({ phone, content }) => ({ to: write(phone), from: number, body: content }),
    async deliver(phone) {
      for (const { sid } of await fakes().twilio.messages(write(phone))) await fakes().twilio.report(sid, 'delivered');
    },
  };
}

function cloudLine(service: string, fakes: GetFakes): CarrierLine {
  const path = `/v23.0/${cloudNumber.phoneNumberId}/messages`;
  return {
    service,
    protocol: 'WhatsApp',
    write(from, content, file) {
      const { mimeType: mime_type = '' } = file ?? {};
      const body = file === undefined ? { text: { body: content } } : { image: { mime_type, caption: content } };
      fakes().cloud.write({ from, type: Object.keys(body)[0], ...body }, file);
    },
    taken: (phone) =>
      fakes()
        .cloud.calls.filter((call) => call.method === 'POST' && call.path === path)
        .map(({ body }) => JSON.parse(body.toString()) as { to: string })
        .filter(({ to }) => to === phone),
    expected: ({ phone, content, recipientId }) => ({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: phone,
      type: 'text',
      text: { body: content, preview_url: false },
      biz_opaque_callback_data: recipientId,
    }),
  };
}

function azureSmsLine(service: string, fakes: GetFakes): CarrierLine {
  return {
    service,
    protocol: 'SMS',
    write(from, message) {
      const about = { messageId: `Incoming_${randomUUID()}`, receivedTimestamp: new Date().toISOString() };
      const data = { ...about, from: `+${from}`, to: `+${ours.azureSms}`, message };
      fakes().azure.deliver('Microsoft.Communication.SMSReceived', data);
    },
    taken: (phone) =>
      fakes()
        .azure.calls.map(({ body }) => body as { smsRecipients?: { to: string }[] })
        .filter(({ smsRecipients }) => smsRecipients?.some(({ to }) => to === `+${phone}`)),
    expected: ({ phone, content, recipientId }) => ({
      from: `+${ours.azureSms}`,
      smsRecipients: [{ to: `+${phone}`, repeatabilityRequestId: isText, repeatabilityFirstSent: isText }],
      message: content,
      smsSendOptions: { enableDeliveryReport: true, tag: recipientId },
    }),
  };
}

function azureWhatsAppLine(service: string, fakes: GetFakes): CarrierLine {
  return {
    service,
    protocol: 'WhatsApp',
    write(from, content, file) {
      const { azure } = fakes();
      const id = randomUUID();
      if (file !== undefined) azure.media.set(id, file);
      const about = { channelType: 'whatsapp', from, to: channel, receivedTimestamp: new Date().toISOString() };
      const { name: fileName, mimeType } = file ?? {};
      azure.deliver('Microsoft.Communication.AdvancedMessageReceived', {
        ...about,
        messageId: randomUUID(),
        ...(file === undefined
          ? { messageType: 'text', content }
          : { messageType: 'document', media: { id, mimeType, fileName, caption: content } }),
      });
    },
    taken: (phone) =>
      fakes()
        .azure.calls.map(({ body }) => body as { to?: string[] })
        .filter(({ to }) => to?.includes(`+${phone}`)),
    expected: ({ phone, content }) => ({
      channelRegistrationId: channel,
      to: [`+${phone}`],
      kind: 'text',
      content,
    }),
  };
}

/** Makes all lines. A line asks for its fakes only when a test uses it, after the host has started. */
export function carrierLines(fakes: GetFakes) {
  return {
    twilioSms: twilioLine('twilio-sms', 'SMS', fakes),
    twilioWhatsApp: twilioLine('twilio-whatsapp', 'WhatsApp', fakes),
    cloudWhatsApp: cloudLine('cloud-whatsapp', fakes),
    azureSms: azureSmsLine('azure-sms', fakes),
    azureWhatsApp: azureWhatsAppLine('azure-whatsapp', fakes),
  } satisfies Record<string, CarrierLine>;
}
