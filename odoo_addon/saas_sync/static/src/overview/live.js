// Generated from static/src/overview/live.ts by "npm run build". Edit that file, not this one.
// For screens that show the overview's figures: they follow the sidecar's reports closely while somebody looks.
import { useEffect, useState } from '@odoo/owl';
import { browser } from '@web/core/browser/browser';
import { useService } from '@web/core/utils/hooks';
/** The bus brings news; this only keeps “3 minutes ago” and the silence banner honest. In milliseconds. */
const RECHECK = 60_000;
/** A hook. @returns the service's state; the component is drawn again whenever it changes */
export function useLiveOverview() {
    const service = useService('saas_sync_overview');
    useEffect(() => {
        const unwatch = service.watch();
        const timer = browser.setInterval(() => service.refresh(), RECHECK);
        return () => {
            unwatch();
            browser.clearInterval(timer);
        };
    }, () => []);
    return useState(service.state);
}
