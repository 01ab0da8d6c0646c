/** Why nobody could be reached, from what Node says of it: a sentence, and what to do. Pure. */

/** The codes of OpenSSL that Node hands on (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const UNTRUSTED = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
];

const MAX_NAMES_CHARACTERS = 200;

/**
 * @param error What a request has failed with.
 * @param base The origin that was called.
 * @returns Empty where nothing is known but that the connection is gone.
 */
export function whyNotConnected(error: unknown, base: string): string {
  const { code = '', cert } = error as NodeJS.ErrnoException & { cert?: { subjectaltname?: string } };
  const host = URL.parse(base)?.hostname ?? base;
  if (UNTRUSTED.includes(code))
    return `The certificate of ${base} is signed by nobody whom this machine trusts. If it is yours, name it: --ca FILE.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = (cert?.subjectaltname ?? '').slice(0, MAX_NAMES_CHARACTERS);
    return `The certificate of ${base} is not for ${host}${names === '' ? '' : `, but for ${names}`}. Call it by a name that the certificate has.`;
  }
  if (code === 'CERT_HAS_EXPIRED')
    return `The certificate of ${base} has expired. Renew it there, or look at the clock here.`;
  if (code === 'CERT_NOT_YET_VALID')
    return `The certificate of ${base} is not valid yet. Look at the clocks here and there.`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return `What answers at ${base} does not speak TLS as this terminal does. Is it http:// there?`;
  if (code.startsWith('HPE_')) return `What answers at ${base} does not speak HTTP. Is it https:// there?`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `No address is known for ${host}.`;
  if (code === 'ECONNREFUSED') return `Nobody listens at ${base}.`;
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return `There is no way from here to ${host}.`;
  if (error instanceof SyntaxError) return `What answers at ${base} is no supervisor.`;
  return '';
}
