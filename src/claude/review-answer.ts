/** The form of a reviewer's answer. Claude holds the model to it (`--json-schema`); we read it as text of others. */
import * as z from 'zod';
import { cut } from '../characters.ts';
import { type Finding, SEVERITIES } from '../project/evidence.ts';
import { cleanLine, cleanText } from '../project/text.ts';
import { redact } from '../redaction.ts';

/** More than a person reads. */
const MAX_FINDINGS = 50;
const MAX_TEXT_LENGTH = 2_000;
const MAX_PATH_LENGTH = 500;

/** Claude takes it as JSON Schema. Its descriptions are read by the model. */
function answer() {
  return z.strictObject({
    findings: z.array(
      z.strictObject({
        severity: z
          .enum(SEVERITIES)
          .describe('blocking: it must not be approved like this; note: worth knowing'),
        path: z.string().optional().describe('the file it is about, below the top of the repository'),
        text: z.string().describe('what is wrong, where, and why it matters, in a few sentences'),
      }),
    ),
  });
}

/** The value of `--json-schema`. */
export function answerSchema(): string {
  const { $schema: _, ...schema } = z.toJSONSchema(answer());
  return JSON.stringify(schema);
}

/**
 * The findings in an answer, cleaned, without secrets and cut; undefined for a value of another form, which is no answer.
 * The blocking ones come first, so that none of them is left out for the number of others.
 */
export function readFindings(value: unknown): Finding[] | undefined {
  const read = answer().safeParse(value);
  if (!read.success) return undefined;
  const findings = read.data.findings.map(({ severity, path, text }) => ({
    severity,
    ...(path && { path: cut(cleanLine(path), MAX_PATH_LENGTH) }),
    text: shortened(text),
  }));
  const isBlocking = ({ severity }: Finding) => severity === 'blocking';
  const ordered = [...findings.filter(isBlocking), ...findings.filter((one) => !isBlocking(one))];
  return ordered.slice(0, MAX_FINDINGS);
}

function shortened(text: string): string {
  const clean = cleanText(redact(text));
  return clean.length > MAX_TEXT_LENGTH ? `${cut(clean, MAX_TEXT_LENGTH)} …` : clean;
}
