// A person's walk: from a customer's badge over the overview to an exception, which is tried again.
import { registry } from '@web/core/registry';

registry.category('web_tour.tours').add('saas_sync_tour', {
  // The test opens the form of a linked customer.
  steps: () => [
    {
      content: 'The customer is synchronised; look closer',
      trigger: '.o_form_view .o_saas_sync_badge[data-state=synced]',
      run: 'click',
    },
    {
      content: 'Ask for a synchronisation',
      trigger: '.o_saas_sync_badge_popover .o_saas_sync_now',
      run: 'click',
    },
    {
      content: 'The badge shows the request',
      trigger: '.o_form_view .o_saas_sync_badge[data-state=pending]',
    },
    {
      content: 'Open the indicator in the top bar',
      trigger: '.o_saas_sync_systray',
      run: 'click',
    },
    {
      content: 'Go to the overview',
      trigger: '.o_saas_sync_systray_menu .dropdown-item:contains(Overview)',
      run: 'click',
    },
    {
      content: 'The connection is there',
      trigger: '.o_saas_sync_overview .o_saas_sync_card:contains(Tour connection)',
    },
    {
      content: 'Look at the exceptions of one cause',
      trigger: '.o_saas_sync_cause[data-code=period_locked]',
      run: 'click',
    },
    {
      content: 'Open the exception',
      trigger: '.o_list_view .o_data_row:contains(Invoice TOUR-1) .o_data_cell',
      run: 'click',
    },
    {
      content: 'Try again',
      trigger: '.o_form_view button[name=action_retry]',
      run: 'click',
    },
    {
      content: 'It is being tried again',
      trigger: '.o_notification:contains(tried again)',
    },
  ],
});
