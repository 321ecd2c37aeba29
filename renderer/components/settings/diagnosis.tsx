import { Badge, Button, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Diagnosis as DiagnosisData } from '../../../electron/contract/app.ts';
import type { HostError } from '../../api.ts';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { Prose } from '../common/prose.tsx';
import classes from './settings.module.css';

const STATES = {
  ok: { label: 'fine', colour: 'teal' },
  notice: { label: 'notice', colour: 'yellow' },
  problem: { label: 'problem', colour: 'red' },
} as const;

/** What the application found out about this machine. */
export function Diagnosis({
  query,
}: {
  readonly query: UseQueryResult<DiagnosisData, HostError>;
}): React.JSX.Element {
  return (
    <Stack gap="md">
      <Panel
        title="Diagnosis"
        actions={
          <Button
            size="compact-xs"
            variant="default"
            loading={query.isFetching}
            onClick={() => void query.refetch()}
          >
            Look again
          </Button>
        }
      >
        <Answered query={query} what="the diagnosis">
          {({ checks }) => (
            <ul className={classes.checks}>
              {checks.map((check) => (
                <li key={check.name}>
                  <Badge color={STATES[check.state].colour} miw={72}>
                    {STATES[check.state].label}
                  </Badge>
                  <div>
                    <Text size="sm" fw={560}>
                      {check.name}
                    </Text>
                    <Text size="sm" className={classes.detail ?? ''}>
                      <Prose text={check.detail} />
                    </Text>
                    {check.wayOut && (
                      <Text size="sm" c="dimmed">
                        <Prose text={check.wayOut} />
                      </Text>
                    )}
                  </div>
                </li>
              ))}
            </ul>
          )}
        </Answered>
      </Panel>
      {query.data && query.data.engines.length > 0 && (
        <Panel title="Engines" description="In the order they are tried.">
          <ul className={classes.checks}>
            {query.data.engines.map(({ name, available, detail, wayOut }) => (
              <li key={name}>
                <Badge color={available ? 'teal' : 'gray'} miw={92}>
                  {available ? 'available' : 'not here'}
                </Badge>
                <div>
                  <Text size="sm" fw={560}>
                    {name}
                  </Text>
                  <Text size="sm" className={classes.detail ?? ''}>
                    <Prose text={detail} />
                  </Text>
                  {!available && wayOut && (
                    <Text size="sm" c="dimmed">
                      <Prose text={wayOut} />
                    </Text>
                  )}
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </Stack>
  );
}
