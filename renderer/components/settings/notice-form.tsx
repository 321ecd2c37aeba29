import { Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { noticePermission, useSystemNotices } from '../../data/system-notice.ts';

const WHY_NOT = {
  granted: null,
  default: null,
  denied: 'The browser refuses notices of this page: allow them in its settings for this address.',
  unsupported: 'This browser has no notices.',
} as const;

/** Whether the system says that a run ended while another window is in front. */
export function NoticeForm(): React.JSX.Element {
  const { wanted, ask, stop } = useSystemNotices();
  const [permission, setPermission] = useState(noticePermission);
  return (
    <>
      <Switch
        label="Notice of the system when a run ends or fails"
        description="While another window is in front. On the page it is always said."
        checked={wanted}
        disabled={permission === 'unsupported'}
        onChange={(event) => {
          if (!event.currentTarget.checked) stop();
          else void ask().then(setPermission);
        }}
      />
      {WHY_NOT[permission] && (
        <Text size="sm" c="dimmed" mt="xs" role="status">
          {WHY_NOT[permission]}
        </Text>
      )}
    </>
  );
}
