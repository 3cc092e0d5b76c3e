/** What of the connections is asked for; each page is found by the cursor that the one before it gave. */
export type ListQuery = Readonly<{
  search: string;
  color: string;
  endpoint: string;
  sort: string;
  order: 'asc' | 'desc';
  limit: number;
  cursors: readonly string[];
}>;

/** Of which pages are turned. */
type Paged = Readonly<{ cursors: readonly string[] }>;

export const firstPage = <Query extends Paged>(query: Query): Query => ({ ...query, cursors: [] });

export const pageAfter = <Query extends Paged>(query: Query, cursor: string): Query => ({
  ...query,
  cursors: [...query.cursors, cursor],
});

export const pageBefore = <Query extends Paged>(query: Query): Query => ({
  ...query,
  cursors: query.cursors.slice(0, -1),
});

/** The other direction where it is sorted by this already. */
export const sortedBy = (query: ListQuery, sort: string): ListQuery => {
  const first = sort === 'client_id' || sort === 'ip' || sort === 'worker' ? 'asc' : 'desc';
  const other = query.order === 'asc' ? 'desc' : 'asc';
  return { ...firstPage(query), sort, order: query.sort === sort ? other : first };
};

export const queryText = ({ search, color, endpoint, sort, order, limit, cursors }: ListQuery): string =>
  new URLSearchParams({
    search,
    color,
    endpoint,
    sort,
    order,
    limit: String(limit),
    cursor: cursors.at(-1) ?? '',
  }).toString();
