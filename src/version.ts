declare const __BRIDGE_VERSION__: string;

/** The version of this program; the build puts it in. */
export const VERSION = typeof __BRIDGE_VERSION__ === 'string' ? __BRIDGE_VERSION__ : '0.0.0-source';
