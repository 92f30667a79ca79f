/** HMAC signatures over raw bytes, compared in constant time. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** HMAC-SHA256 of the parts, one after the other, without copying them together. */
export function hmacSha256(secret: string, parts: readonly (Buffer | string)[]): Buffer {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether a hex text is this digest. The length is no secret; the content is compared in constant time. */
export function isHexOf(digest: Buffer, hex: string): boolean {
  if (!/^[0-9a-f]+$/i.test(hex) || hex.length !== digest.length * 2) return false;
  return timingSafeEqual(Buffer.from(hex, 'hex'), digest);
}

/** The one value of a header, whatever the case of its name; a header sent twice is joined as HTTP says. */
export function headerOf(
  headers: Record<string, string | string[] | undefined>,
  name: string,
): string | undefined {
  const wanted = name.toLowerCase();
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === wanted)?.[1];
  return Array.isArray(found) ? found.join(',') : found;
}
