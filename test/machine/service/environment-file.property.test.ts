/** What `service.env` can hold is read back as it was; everything else is refused. */
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import {
  EnvironmentFileError,
  environmentText,
  readEnvironmentText,
} from '../../../src/machine/service/environment-file.ts';
import { anyText, fc, wholeText } from '../../property.ts';

/** As the file is on the disk. */
const stored = (text: string): string => Buffer.from(text).toString();

test('an environment file holds exactly its variables, or is refused, whatever their names and values', () => {
  const names = fc.oneof(fc.stringMatching(/^[A-Za-z_]\w{0,6}$/), anyText);
  fc.assert(
    fc.property(fc.dictionary(names, anyText, { maxKeys: 4 }), (values) => {
      let text: string;
      try {
        text = environmentText(values);
      } catch (error) {
        expect(error).toBeInstanceOf(EnvironmentFileError);
        return;
      }
      const expected = Object.entries(values).sort();
      expect(Object.entries(readEnvironmentText(stored(text))).sort()).toEqual(expected);
      expect(Object.entries(parseEnv(stored(text))).sort()).toEqual(expected);
    }),
  );
});

test('a value without carriage returns, single quotes and backquotes is never refused', () => {
  const values = wholeText.map((text) => text.replaceAll(/[\r'`\0]/g, ''));
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,6}$/), values, (name, value) => {
      expect(readEnvironmentText(environmentText({ [name]: value }))).toEqual({ [name]: value });
    }),
  );
});
