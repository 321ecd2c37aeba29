/** Contract entries as cached queries and commands: the key of a query is its name and its input. */
import {
  keepPreviousData,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import type { ContractName, Input, Output } from '../../electron/contract.ts';
import { call, HOST_GONE, type HostError } from '../api.ts';
import { usePageShown } from './page-shown.ts';

// Answers stay true until an event says otherwise, so nothing is fetched again by the clock. The host is on this
// machine: being offline is no reason not to ask it.
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      // A page that was left comes back as it was.
      gcTime: 30 * 60_000,
      networkMode: 'always',
      refetchOnWindowFocus: false,
      retry: (failures, error) => error.name === HOST_GONE && failures < 3,
    },
    mutations: { networkMode: 'always' },
  },
});

export function queryKey<N extends ContractName>(name: N, input: Input<N>): [N, Input<N>] {
  return [name, input];
}

/** Asks before anything shows the answer. Whoever shows it says what went wrong. */
export function askEarly<N extends ContractName>(name: N, input: Input<N>): Promise<Output<N>> {
  return queryClient.fetchQuery({
    queryKey: queryKey(name, input),
    queryFn: ({ signal }) => call(name, input, signal),
  });
}

interface QueryOptions {
  readonly enabled?: boolean;
  /** Shows the last answer while the one for a new input is on its way. */
  readonly keepPrevious?: boolean;
}

export function useContract<N extends ContractName>(
  name: N,
  input: Input<N>,
  { enabled = true, keepPrevious = false }: QueryOptions = {},
): UseQueryResult<Output<N>, HostError> {
  return useQuery<Output<N>, HostError>({
    queryKey: queryKey(name, input),
    queryFn: ({ signal }) => call(name, input, signal),
    enabled,
    subscribed: usePageShown(),
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

export function useCommand<N extends ContractName>(
  name: N,
): UseMutationResult<Output<N>, HostError, Input<N>> {
  return useMutation<Output<N>, HostError, Input<N>>({ mutationFn: (input) => call(name, input) });
}
