import { Box, Text } from 'ink';
import { useTui } from '../context.ts';
import { fitTo, type Line, type Tone } from '../lines/line.ts';

interface Look {
  readonly color?: string;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
}

const LOOKS: Readonly<Record<Tone, Look>> = {
  plain: {},
  title: { bold: true },
  quiet: { dimColor: true },
  good: { color: 'green' },
  bad: { color: 'red', bold: true },
  warn: { color: 'yellow' },
  busy: { color: 'blue' },
  yours: { color: 'cyan', bold: true },
  accent: { color: 'cyan' },
};

/** One line of the screen. */
export function Row({ line, columns }: { readonly line: Line; readonly columns: number }) {
  const { isColoured } = useTui();
  const spans = fitTo(line, columns).filter(({ text }) => text !== '');
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate-end">
        {spans.length === 0
          ? ' '
          : spans.map(({ text, tone = 'plain' }, at) => (
              <Text key={`${at}`} {...lookOf(tone, isColoured)}>
                {text}
              </Text>
            ))}
      </Text>
    </Box>
  );
}

function lookOf(tone: Tone, isColoured: boolean): Look {
  const { color, ...rest } = LOOKS[tone];
  return { ...rest, ...(isColoured && color !== undefined && { color }) };
}

/** Lines below each other. */
export function Rows({ lines, columns }: { readonly lines: readonly Line[]; readonly columns: number }) {
  return (
    <Box flexDirection="column" width={columns} flexShrink={0}>
      {lines.map((line, at) => (
        <Row key={`${at}`} line={line} columns={columns} />
      ))}
    </Box>
  );
}
