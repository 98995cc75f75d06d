// What `refrain dedup` says on the terminal: warnings, the plan, and ten lines at the end.
#ifndef REFRAIN_APPS_DEDUP_REPORT_H_
#define REFRAIN_APPS_DEDUP_REPORT_H_

#include "refrain/pipeline/dedup.h"

void PrintPlan(const refrain::DedupSummary& summary);
void PrintWarnings(const refrain::DedupSummary& summary);
void PrintSummary(const refrain::DedupSummary& summary);

#endif  // REFRAIN_APPS_DEDUP_REPORT_H_
