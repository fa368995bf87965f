/** What a request line asks for. */
export type Target = Readonly<{
  /** Path and query count; the origin stands for the sandbox, whatever the request said. */
  url: URL
  /** The host and port of a target in absolute form, which outweighs the `Host` header (RFC 9112, 3.2.2). */
  host: string | null
}>

/**
 * Reads the target of a request line; null where it is neither a path nor an `http:` URL. `new URL(target, base)` is no
 * way to do it: it throws at `//`, and takes the `a` of `//a/b` for a host.
 */
export function readTarget(text: string): Target | null {
  if (text.startsWith('/')) return { url: new URL(`http://sandbox${text}`), host: null }
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  return url.protocol === 'http:' ? { url, host: url.host } : null
}

/** A path without the slashes at its end. `replace(/\/+$/, '')` takes quadratic time where many slashes do not end it. */
export function withoutSlashes(path: string): string {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}
