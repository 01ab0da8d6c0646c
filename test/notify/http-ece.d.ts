/** The package of the author of RFC 8188 has no types. */
declare module 'http_ece' {
  interface Parameters {
    readonly version: 'aes128gcm';
    readonly privateKey: import('node:crypto').ECDH;
    readonly authSecret: Buffer;
  }
  const ece: { decrypt(body: Buffer, parameters: Parameters): Buffer };
  export default ece;
}
