package org.pekkochannels.example;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.unmarshalling.Unmarshaller;

/** Requests and responses of the pages in JSON. Thread-safe. */
public final class JsonApi {
    /**
     * Reads the text of a request's body. A page of another site cannot send this media type without the server's consent (CORS), so it
     * cannot change anything.
     */
    public static final Unmarshaller<HttpEntity, String> TEXT =
            Unmarshaller.forMediaType(MediaTypes.APPLICATION_JSON, Unmarshaller.entityToString());

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private JsonApi() {}

    /**
     * A response.
     *
     * @param status its status
     * @param value what Jackson writes into its body
     * @return the response
     */
    public static HttpResponse response(StatusCode status, Object value) {
        try {
            return HttpResponse.create()
                    .withStatus(status)
                    .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, MAPPER.writeValueAsString(value)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Answers a request whose body is wrong with 400.
     *
     * @param error the message for the client
     * @return the response
     */
    public static HttpResponse badRequest(String error) {
        return response(StatusCodes.BAD_REQUEST, Map.of("error", error));
    }

    /**
     * Answers a request whose body could not be read with 400: with the message of the class that rejected it, or with a sample, because
     * messages of Jackson may quote the request.
     *
     * @param failure why it could not be read
     * @param sample a body that can be read
     * @return the response
     */
    public static HttpResponse badRequest(JsonProcessingException failure, String sample) {
        return badRequest(
                failure.getCause() instanceof IllegalArgumentException refusal
                        ? String.valueOf(refusal.getMessage())
                        : "Send JSON such as " + sample + ".");
    }
}
