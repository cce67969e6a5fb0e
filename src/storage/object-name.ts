import { KustoError } from '../errors/index.js';

/** Throws unless the name is a plain relative one, without dot segments, that every store can hold. */
export function checkObjectName(name: string): void {
  const segments = name.split('/');
  if (segments.some((s) => s === '' || s === '.' || s === '..') || /[\\\u0000-\u001f\u007f]/.test(name)) {
    throw new KustoError(
      'Storage_InvalidObjectName',
      `"${name}" is no name of an object: it may not begin or end with "/", nor hold "\\", control characters, empty or dot segments.`,
    );
  }
}

/** Address and name as one URL. The empty name is the object at the address itself. */
export function objectUrl(address: string, name: string): string {
  if (name === '') return address;
  const encoded = encodeURI(name).replace(/[?#;]/g, encodeURIComponent);
  return `${address.replace(/\/+$/, '')}/${encoded}`;
}
