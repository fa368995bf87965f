/**
 * `credentials` it wants a user and a password, or other ones · `refused` it will not connect to that host ·
 * `upstream` it tried and could not · `unreachable` nobody there to ask.
 */
export type ProxyFaultKind = 'credentials' | 'refused' | 'upstream' | 'unreachable'

/** A proxy stands in the way. The message is a phrase that names the proxy's host, never its password. */
export class ProxyFault extends Error {
  override readonly name: string = 'ProxyFault'
  readonly kind: ProxyFaultKind
  /** What to do about it, a sentence. */
  readonly advice: string

  constructor(
    kind: ProxyFaultKind,
    what: string,
    { advice, cause }: Readonly<{ advice: string; cause?: unknown }>,
  ) {
    super(what, { cause })
    this.kind = kind
    this.advice = advice
  }

  /** The proxy answered the request for a tunnel with this status. */
  static answered(status: number, { proxy, host, hasPassword }: Tunnel): ProxyFault {
    if (status === 407) {
      const what = hasPassword
        ? 'does not accept the user name and password'
        : 'wants a user name and a password'
      return new ProxyFault('credentials', `the proxy "${proxy}" ${what} (407)`, {
        advice: `Put the right ones into HTTPS_PROXY: "http://user:password@${proxy}".`,
      })
    }
    return new ProxyFault(
      status >= 500 ? 'upstream' : 'refused',
      `the proxy "${proxy}" did not connect to "${host}" (${status})`,
      { advice: 'Ask whoever runs it to let this host through, or name the host in NO_PROXY.' },
    )
  }

  static unreachable({ proxy }: Pick<Tunnel, 'proxy'>, cause: unknown): ProxyFault {
    const code =
      cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : ''
    return new ProxyFault('unreachable', `the proxy "${proxy}" cannot be reached${code}`, {
      advice: 'Check HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY.',
      cause,
    })
  }
}

/** A way through a proxy: its host and port, those it leads to, and whether it was given a password. */
export type Tunnel = Readonly<{ proxy: string; host: string; hasPassword: boolean }>
