/**
 * A picture of a screen in few bytes: the same PNG with a palette of 256 colours. Pages have few colours, and more only where
 * letters meet their ground, so nobody sees the difference. PNG: https://www.w3.org/TR/png-3/
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const TRUECOLOUR = 2;
const INDEXED = 3;
const WITH_ALPHA = 6;
const MAX_COLOURS = 256;

/** @param png One of eight bits a channel, without interlace, as browsers write it; alpha is left out. Throws for others. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, channels, pixels } = read(png);
  const colours = new Uint32Array(width * height);
  const counts = new Map<number, number>();
  for (let at = 0; at < colours.length; at += 1) {
    const from = at * channels;
    const colour = pixels.readUIntBE(from, 3);
    colours[at] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = paletteOf(counts);
  const indices = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
  const lines = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < colours.length; at += 1)
    lines[at + Math.floor(at / width) + 1] = indices.get(colours[at] ?? 0) ?? 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, INDEXED, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(channelsOf))),
    chunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function channelsOf(colour: number): [number, number, number] {
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
}

/** Half of it are the most frequent colours, the others those that would be missed most: often, or far from any other. */
function paletteOf(counts: ReadonlyMap<number, number>): number[] {
  const ranked = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const palette = ranked.splice(0, MAX_COLOURS / 2);
  const missed = new Map(
    ranked.map((colour) => [colour, distance(palette[nearest(palette, colour)] ?? 0, colour)]),
  );
  while (palette.length < MAX_COLOURS && missed.size > 0) {
    let [worst, most] = [0, -1];
    for (const [colour, by] of missed) {
      const cost = by * (counts.get(colour) ?? 0);
      if (cost > most) [worst, most] = [colour, cost];
    }
    palette.push(worst);
    missed.delete(worst);
    for (const [colour, by] of missed) missed.set(colour, Math.min(by, distance(worst, colour)));
  }
  return palette;
}

function nearest(palette: readonly number[], colour: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, other] of palette.entries()) {
    const found = distance(other, colour);
    if (found < least) [best, least] = [index, found];
  }
  return best;
}

function distance(one: number, other: number): number {
  const [red, green, blue] = channelsOf(one);
  const [otherRed, otherGreen, otherBlue] = channelsOf(other);
  return (red - otherRed) ** 2 + (green - otherGreen) ** 2 + (blue - otherBlue) ** 2;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Buffer;
}

function read(png: Buffer): Pixels {
  let header: Buffer = Buffer.alloc(0);
  const data: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') data.push(body);
    at += length + 12;
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colour, , , interlace] = header.subarray(8);
  if (depth !== 8 || interlace !== 0 || (colour !== TRUECOLOUR && colour !== WITH_ALPHA))
    throw new Error(`a PNG of type ${colour}, ${depth} bits, interlace ${interlace} is not taken`);
  const channels = colour === TRUECOLOUR ? 3 : 4;
  return {
    width,
    height,
    channels,
    pixels: unfiltered(inflateSync(Buffer.concat(data)), width * channels, channels),
  };
}

/** Each line says how it was predicted, and holds what differs from that. */
function unfiltered(bytes: Buffer, stride: number, channels: number): Buffer {
  const pixels = Buffer.alloc((bytes.length / (stride + 1)) * stride);
  for (let line = 0; line * (stride + 1) < bytes.length; line += 1) {
    const filter = bytes[line * (stride + 1)];
    const start = line * stride;
    const at = (index: number) => (index < 0 ? 0 : (pixels[index] ?? 0));
    for (let index = 0; index < stride; index += 1) {
      const isFirst = index < channels;
      const left = isFirst ? 0 : at(start + index - channels);
      const up = at(start + index - stride);
      const corner = isFirst ? 0 : at(start + index - stride - channels);
      const raw = bytes[line * (stride + 1) + 1 + index] ?? 0;
      pixels[start + index] = raw + predicted(filter, left, up, corner);
    }
  }
  return pixels;
}

function predicted(filter: number | undefined, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  return filter === 4 ? paeth(left, up, corner) : 0;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
