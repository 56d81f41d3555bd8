package org.pekkochannels.edge;

import java.util.List;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;

/** Converts refusals and acceptances to responses of Pekko HTTP. */
final class Responses {
    private Responses() {}

    static HttpResponse of(Refusal refusal) {
        return HttpResponse.create()
                .withStatus(status(refusal.status()))
                .withEntity(HttpEntities.create(contentType(refusal.headers()), ByteString.fromString(refusal.body())))
                .addHeaders(rest(refusal.headers()));
    }

    /** Pekko HTTP knows registered statuses only; others are created. */
    private static StatusCode status(int status) {
        return StatusCodes.lookup(status).orElseGet(() -> StatusCodes.custom(status, "Refused", "", false, true));
    }

    static List<HttpHeader> headers(List<Header> headers) {
        return headers.stream()
                .map(header -> (HttpHeader) RawHeader.create(header.name(), header.value()))
                .toList();
    }

    private static ContentType contentType(List<Header> headers) {
        return headers.stream()
                .filter(header -> header.is("Content-Type"))
                .findFirst()
                .map(header -> ContentTypes.parse(header.value()))
                .orElse(ContentTypes.TEXT_PLAIN_UTF8);
    }

    /** Pekko HTTP expects the type of a body beside the body, not among the headers. */
    private static List<HttpHeader> rest(List<Header> headers) {
        return headers(headers.stream()
                .filter(header -> !header.is("Content-Type") && !header.is("Content-Length"))
                .toList());
    }
}
