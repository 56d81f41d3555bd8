/**
 * RFC 6455 and RFC 7692 as pure code: parse, unmask, join, validate, write, inflate, deflate. No session, no settings besides its bounds,
 * no thread, no clock; so it can be tested and fuzzed alone.
 *
 * <p>Not API: public only because other packages use it, and may change without notice.
 * <pre>
 *   bytes -&gt; FrameParser: FrameHeader, Masking, Utf8; Assembly joins fragments; Inflation expands -&gt; Findings
 *   text, bytes -&gt; FrameWriter: header and payload in one array; Deflation where agreed (Compression)
 * </pre>
 */
@NullMarked
package org.pekkochannels.websocket.codec;

import org.jspecify.annotations.NullMarked;
