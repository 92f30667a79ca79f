/** Reading texts out of JSON that may hold anything. */

/** The text; empty for anything else. */
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');
