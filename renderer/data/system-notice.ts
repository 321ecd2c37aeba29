/** Notices of the system, beside those on the page: for runs that end while another window is in front. */
import { useLocalStorage } from '@mantine/hooks';

const KEY = 'midtrain-system-notices';

export type NoticePermission = 'granted' | 'denied' | 'default' | 'unsupported';

export function noticePermission(): NoticePermission {
  return 'Notification' in window ? Notification.permission : 'unsupported';
}

/** Whether the user wants them; asking turns them on only if the system allows it. */
export function useSystemNotices(): {
  readonly wanted: boolean;
  readonly ask: () => Promise<NoticePermission>;
  readonly stop: () => void;
} {
  const [wanted, setWanted] = useLocalStorage({
    key: KEY,
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  return {
    wanted: wanted && noticePermission() === 'granted',
    ask: async () => {
      if (noticePermission() === 'unsupported') return 'unsupported';
      const permission = await Notification.requestPermission();
      setWanted(permission === 'granted');
      return permission;
    },
    stop: () => setWanted(false),
  };
}

/** Shown only if wanted, allowed, and the page is not what the user looks at. */
export function showSystemNotice(title: string, body: string, tag: string, onClick: () => void): void {
  const wanted = window.localStorage.getItem(KEY) === 'true';
  if (!wanted || noticePermission() !== 'granted' || document.hasFocus()) return;
  const notice = new Notification(title, { body, tag, icon: './icon.svg' });
  notice.onclick = () => {
    window.focus();
    onClick();
  };
}
