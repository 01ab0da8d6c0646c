import type { WireDiagnosis, WireFinding } from './schemas/finding.ts';

/** What a check found, as the doctor keeps it. */
export interface Finding {
  readonly check: string;
  readonly subject: string;
  readonly verdict: 'ok' | 'warning' | 'problem' | 'skipped' | 'mended';
  readonly message: string;
  readonly fix?: string;
  readonly mend?: unknown;
}

export function toWireDiagnosis(found: readonly Finding[]): WireDiagnosis {
  const findings = found.map(toWireFinding);
  const count = (wanted: WireFinding['verdict']) =>
    findings.filter(({ verdict }) => verdict === wanted).length;
  return {
    findings,
    summary: {
      ok: count('ok'),
      warnings: count('warning'),
      problems: count('problem'),
      skipped: count('skipped'),
      fixed: count('fixed'),
    },
  };
}

function toWireFinding({ check, subject, verdict, message, fix, mend }: Finding): WireFinding {
  return {
    check,
    subject,
    verdict: verdict === 'mended' ? 'fixed' : verdict,
    message,
    hint: fix ?? null,
    fixable: mend !== undefined,
  };
}
