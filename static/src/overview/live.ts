// For screens that show the overview's figures: they follow the sidecar's reports closely while somebody looks.
import { useEffect, useState } from '@odoo/owl';
import { browser } from '@web/core/browser/browser';
import { useService } from '@web/core/utils/hooks';
import type { OverviewService } from '@saas_sync/overview/overview_service';

/** The bus brings news; this only keeps “3 minutes ago” and the silence banner honest. In milliseconds. */
const RECHECK = 60_000;

/** A hook. @returns the service's state; the component is drawn again whenever it changes */
export function useLiveOverview(): OverviewService['state'] {
  const service = useService('saas_sync_overview');
  useEffect(
    () => {
      const unwatch = service.watch();
      const timer = browser.setInterval(() => service.refresh(), RECHECK);
      return () => {
        unwatch();
        browser.clearInterval(timer);
      };
    },
    () => [],
  );
  return useState(service.state);
}
