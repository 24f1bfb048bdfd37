import { failpoint } from '../../core/failpoint.ts';
import { followUpReports } from './follow-up.ts';
import { createReportJournal } from './report-journal.ts';
import type { ReportJournal } from './report-journal.ts';
import type { FollowUpDeps } from '../deps.ts';

/**
 * Makes the recorder of delivery reports: it stores them first, then follows up on those with a final status. `record`
 * resolves when both are done; until then the carrier has no answer and will call again.
 */
export function createReportRecorder(deps: FollowUpDeps): ReportJournal {
  const journal = createReportJournal(deps.messages.store);
  return {
    async record(reports) {
      await journal.record(reports);
      failpoint('report.journaled');
      await followUpReports(reports, deps);
      failpoint('report.followedUp');
    },
  };
}
