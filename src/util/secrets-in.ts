/** Names of parameters and flags whose value is a secret, without dashes: `api_key`, `X-Api-Key`, `sslpassword`. */
const NAMED_SECRET =
  /(?:apikey|secret|token|password|passwd|pwd|passphrase|privatekey|accesskey|authorization)$/i
const SHORT_NAMES = ['key', 'pass', 'auth']
/** What a text that shows how it is done holds in place of a secret. */
const PLACEHOLDER = /^(?:pk_)?(?:…|\.\.\.|\*+|<.*>)?$/

/**
 * The secrets in what somebody typed: keys, passwords in URIs, values of parameters that are called so. It had
 * better find too many: what it finds is only ever hidden.
 */
export function secretsIn(text: string): readonly string[] {
  const found = new Set<string>()
  for (const variant of decodings(text)) {
    for (const [key] of variant.matchAll(/pk_[\w-]+/gi)) found.add(key)
    for (const secret of [...named(variant), ...inUris(variant), ...bare(variant)]) found.add(secret)
  }
  return [...found].flatMap(decodings).filter(isSecret)
}

/** The secrets among variables of the environment that sluice or a driver reads. */
export const secretsOfEnv = (env: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.entries(env).flatMap(([name, value = '']) => {
    if (name === 'KLAVIYO_API_KEY' || name === 'PGPASSWORD')
      return [value, ...decodings(value)].filter(isSecret)
    return name.startsWith('SLUICE_') || /^https?_proxy$/i.test(name) ? secretsIn(value) : []
  })

/** Whether a text that should hold none holds a secret beyond doubt: a table may be called `pk_orders`. */
export const holdsSecret = (text: string): boolean =>
  decodings(text).some(
    (variant) =>
      /pk_[a-z\d]{16,}/i.test(variant) ||
      named(variant).length > 0 ||
      inUris(variant).length > 0 ||
      /^[a-z][\w+.-]*:\/\//i.test(variant.trim()) ||
      bare(variant).length > 0,
  )

const isSecret = (text: string): boolean => text.length > 2 && !PLACEHOLDER.test(text)

/** As it stands, and as it reads when it was percent-encoded once or twice. */
function decodings(text: string): readonly string[] {
  const once = decoded(text)
  return [...new Set([text, once, decoded(once)])]
}

const decoded = (text: string): string =>
  text.replaceAll(/(?:%[\da-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes)
    } catch {
      return bytes
    }
  })

/** `api_key=…`, `--password=…`, `Authorization: Bearer …`. */
function named(text: string): readonly string[] {
  const pairs = [...text.matchAll(/([\w-]+)=([^&\s'"]*)/g)].filter(([, name = '']) => {
    const plain = name.replaceAll(/[-_]/g, '')
    return NAMED_SECRET.test(plain) || SHORT_NAMES.includes(plain.toLowerCase())
  })
  const headers = text.matchAll(/\b(Klaviyo-API-Key|Bearer|Basic)\s+([^\s'"]+)/gi)
  return [...pairs, ...headers].map(([, , value = '']) => value).filter((value) => !PLACEHOLDER.test(value))
}

/** What stands between the user's name and the host of each URI in the text. */
function inUris(text: string): readonly string[] {
  // One argument may hold blanks: a password's.
  return [text, ...text.split(/[\s'"]+/)]
    .flatMap((word) => inUri(word.replace(/^--[\w-]+=/, '')))
    .filter((secret) => secret.length > 2)
}

function inUri(word: string): readonly string[] {
  if (!word.includes('@')) return []
  const uri = /^[a-z][\w+.-]*:\/\//i.test(word) && URL.canParse(word) ? new URL(word) : null
  if (uri === null || readsOtherwise(uri)) return beforeEachAt(word)
  const { username, password, searchParams } = uri
  return [
    ...(password === username ? [] : [password]),
    ...[...searchParams.values()].filter((value) => value.includes('://')).flatMap(inUri),
  ]
}

/** Whether what was meant for the password has become path, query or fragment. */
const readsOtherwise = ({ hostname, pathname, search, hash }: URL): boolean =>
  (pathname + hash).includes('@') || (hostname !== '' && pathname.length < 2 && search.includes('@'))

/**
 * Of a URI that reads otherwise than it was meant: a password that was not percent-encoded may hold any of `@/?#:`, so
 * all that could be one, and the pieces in which such a URI may be repeated.
 */
function beforeEachAt(word: string): readonly string[] {
  return [...word.matchAll(/@/g)].flatMap(({ index }) => {
    const info = word.slice(0, index)
    const afterColons = [...info.matchAll(/:(?!\/)/g)].map(({ index: colon }) => info.slice(colon + 1))
    return (info.includes(':') ? afterColons : [info]).flatMap((each) => [each, ...each.split(/[/?#@:]/)])
  })
}

/** Words that nobody writes by hand: long and of hexadecimal digits, or of letters of both cases with digits; JWTs. */
const bare = (text: string): readonly string[] =>
  text
    .split(/[\s,='"]+/)
    .filter(
      (word) =>
        /^[\da-f]{24,}$/i.test(word) ||
        /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{24,}$/.test(word) ||
        /^eyJ[\w-]+\.[\w.-]+$/.test(word),
    )
