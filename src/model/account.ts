/** What is known of an account before its rows are asked for. */
export type AccountIdentity = Readonly<{
  /** What the user calls it; null: nothing was said. */
  alias: string | null
  /** Klaviyo's id of it; null: the API key may not ask. */
  id: string | null
  /** Fingerprints of the API key, from which nobody learns it. */
  key: Readonly<{
    /** What its account is called where nothing else is known. */
    name: string
    fingerprint: string
  }>
}>

/** What rows of an account carry where nobody has named it. */
export const defaultName = ({ id, key }: AccountIdentity): string => id ?? key.name

/** Prefix of an identity that is Klaviyo's id: of an account there is one. */
export const KLAVIYO_ID = 'klaviyo:'

/** What a destination remembers an account by. An API key is one of several that it may have. */
export const identitiesOf = ({ id, key }: AccountIdentity): readonly string[] => [
  ...(id === null ? [] : [`${KLAVIYO_ID}${id}`]),
  `key:${key.fingerprint}`,
]
