/** A table in a destination. Null schema: the destination's default one. */
export type TableName = Readonly<{ schema: string | null; name: string }>

/** Schema of sluice's own tables in every destination. */
export const SLUICE_SCHEMA = '_sluice'

/** Columns that sluice adds to every table. */
export const ACCOUNT_COLUMN = '_sluice_account'
export const SYNCED_AT_COLUMN = '_sluice_synced_at'
/** When a row was first found missing from Klaviyo; null: it was there when last looked for. */
export const DELETED_AT_COLUMN = '_sluice_deleted_at'
/** JSON by column name: values that came and do not fit their column's type. Only where there are any. */
export const UNFIT_COLUMN = '_sluice_unfit'
/** JSON by attribute: what came beyond the limit on new columns. Only where there is any. */
export const MORE_COLUMN = '_sluice_more'
