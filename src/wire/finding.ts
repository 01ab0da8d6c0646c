import type { WireDiagnosis, WireFinding } from './schemas/finding.ts';

/** What leaves the program of a finding of the doctor. */
interface ReportedFinding {
  readonly check: string;
  readonly subject: string;
  readonly verdict: WireFinding['verdict'];
  readonly message: string;
  readonly hint?: string;
  readonly fix?: unknown;
}

export function toWireDiagnosis(found: readonly ReportedFinding[]): WireDiagnosis {
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

export function toWireFinding({ check, subject, verdict, message, hint, fix }: ReportedFinding): WireFinding {
  return {
    check,
    subject,
    verdict,
    message,
    hint: hint ?? null,
    fixable: fix !== undefined,
  };
}
