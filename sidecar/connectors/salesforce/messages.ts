/** The two messages an org can send: SOAP by outbound messages, and JSON by a Flow of its own. Both name records and nothing more. */
import * as z from 'zod';
import { Refused } from '../../domain/failure.ts';
import { parseJson } from '../kit/json.ts';
import { below, each, parseXml } from '../kit/xml.ts';

/** What a message names. */
export interface Named {
  /** The vendor's name of the object, read off the id where the message does not tell. */
  object: string | null;
  id: string;
  /** The vendor's id of this notification; null where there is none. */
  notification: string | null;
}

export interface Message {
  form: 'outbound_message' | 'flow';
  organization: string | undefined;
  named: Named[];
}

/** Outbound messages hold up to a hundred notifications; a Flow of ours no more than a batch of the vendor's. */
const MOST = 200;

const FlowMessage = z.object({
  object: z.string().max(80),
  ids: z.union([z.string().transform((id) => [id]), z.array(z.string())]),
  organization: z.string().optional(),
});

/** Throws Refused where the message is neither. */
export function readMessage(body: Buffer): Message {
  const text = body.toString('utf8');
  const message = text.trimStart().startsWith('<') ? outbound(text) : flow(text);
  if (message.named.length <= MOST) return message;
  throw new Refused(400, 'too_many', `The message names ${message.named.length} records`, {
    hint: `Send at most ${MOST} ids at once.`,
  });
}

function flow(text: string): Message {
  const parsed = FlowMessage.safeParse(parseJson(text));
  if (!parsed.success)
    throw new Refused(400, 'not_a_message', `The message is none we know: ${z.prettifyError(parsed.error)}`, {
      hint: 'A Flow sends {"object": "Account", "ids": ["001…"]}.',
    });
  const { object, ids, organization } = parsed.data;
  return {
    form: 'flow',
    organization,
    named: ids.map((id) => ({ object, id: id.trim(), notification: null })),
  };
}

function outbound(text: string): Message {
  const notifications = below(parseXml(text), 'Envelope', 'Body', 'notifications');
  const organization = below(notifications, 'OrganizationId');
  if (typeof organization !== 'string')
    throw new Refused(400, 'not_a_message', 'The message is no outbound message', {
      hint: 'Let the endpoint of the outbound message lead here directly: whatever stands between must not change the body.',
    });
  const named = each(below(notifications, 'Notification')).flatMap((notification) => {
    const id = below(notification, 'sObject', 'Id');
    const own = below(notification, 'Id');
    if (typeof id !== 'string') return [];
    return { object: null, id, notification: typeof own === 'string' ? own : null };
  });
  return { form: 'outbound_message', organization, named };
}

/** What the vendor waits for; without it the message comes again for a day. */
export const ACK = {
  contentType: 'text/xml; charset=utf-8',
  body:
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>' +
    '</soapenv:Body></soapenv:Envelope>',
};
