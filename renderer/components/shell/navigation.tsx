import {
  IconChartDots3,
  IconChartLine,
  IconFiles,
  IconHome,
  IconListDetails,
  IconPlus,
  IconSettings,
  IconTestPipe,
} from '@tabler/icons-react';
import { useState } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { AfterFirst } from '../common/after-first.tsx';
import { ButtonLink } from '../common/link.tsx';
import { BrandMark } from './brand-mark.tsx';
import { Monitor } from './monitor.tsx';
import { NowRunning } from './now-running.tsx';
import classes from './shell.module.css';
import { ThemeSwitch } from './theme-switch.tsx';

const PLACES = [
  { to: '/', label: 'Home', icon: IconHome },
  { to: '/corpora', label: 'Corpora', icon: IconFiles },
  { to: '/runs', label: 'Runs', icon: IconListDetails },
  { to: '/charts', label: 'Charts', icon: IconChartLine },
  { to: '/compare', label: 'Compare', icon: IconChartDots3 },
  { to: '/studies', label: 'Studies', icon: IconTestPipe },
  { to: '/settings', label: 'Settings', icon: IconSettings },
] as const;

/** What was chosen on these is long to choose again: their links lead to where they were left. */
const RESUMED: ReadonlySet<string> = new Set(['/charts', '/compare']);

function useWhereLeft(): (to: string) => string {
  const { pathname, search } = useLocation();
  const [left, setLeft] = useState<ReadonlyMap<string, string>>(new Map());
  if (RESUMED.has(pathname) && left.get(pathname) !== search) setLeft(new Map(left).set(pathname, search));
  return (to) => to + (left.get(to) ?? '');
}

interface Props {
  /** Moves the focus past the navigation. */
  readonly onSkip: () => void;
}

export function Navigation({ onSkip }: Props): React.JSX.Element {
  const whereLeft = useWhereLeft();
  return (
    <header className={classes.side}>
      <button type="button" className="skip-link" onClick={onSkip}>
        Skip to the page
      </button>
      <Link to="/" className={classes.brand}>
        <BrandMark />
        Midtrain
      </Link>
      <ButtonLink to="/runs/new" leftSection={<IconPlus size={16} aria-hidden />} mb="sm" fullWidth>
        New run
      </ButtonLink>
      <nav aria-label="Places">
        <ul className={classes.links}>
          {PLACES.map(({ to, label, icon: PlaceIcon }) => (
            <li key={to}>
              <NavLink to={whereLeft(to)} end={to === '/'} className={classes.link}>
                <PlaceIcon size={18} stroke={1.6} aria-hidden />
                {label}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className={classes.spacer} />
      <AfterFirst>
        <Monitor />
        <NowRunning />
      </AfterFirst>
      <div className={classes.foot}>
        <AfterFirst>
          <ThemeSwitch />
        </AfterFirst>
      </div>
    </header>
  );
}
