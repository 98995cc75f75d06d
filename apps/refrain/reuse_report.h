// What `refrain reuse` says on the terminal: warnings, and at the end what a reader of the texts wants to know first.
#ifndef REFRAIN_APPS_REUSE_REPORT_H_
#define REFRAIN_APPS_REUSE_REPORT_H_

#include "refrain/pipeline/reuse.h"

void PrintWarnings(const refrain::ReuseSummary& summary);
void PrintSummary(const refrain::ReuseSummary& summary);

#endif  // REFRAIN_APPS_REUSE_REPORT_H_
