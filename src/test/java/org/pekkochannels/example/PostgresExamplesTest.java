package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedPostgreSql;

/** The examples' SQL on PostgreSQL. */
final class PostgresExamplesTest {
    @RegisterExtension
    static final SharedPostgreSql POSTGRES = new SharedPostgreSql();

    private static ExampleServer server;

    @BeforeAll
    static void start() {
        server = ExampleServer.start(POSTGRES.platformUrl());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theChatKeepsMessages() throws Exception {
        try (Client ada = Client.open(server.socket("/ws/chat/lobby/"))) {
            ada.send("{\"message\":\"one ☃\\u0000\\ud83d\"}");
            ada.text();
            ada.send("{\"message\":\"two\"}");
            ada.text();
        }

        server.stop();
        server.startAgain();

        try (Client bob = Client.open(server.socket("/ws/chat/lobby/?history=50"))) {
            assertThat(bob.json().get("history").intValue()).isEqualTo(2);
            assertThat(bob.json().get("message").textValue()).isEqualTo("one ☃\uFFFD?");
            assertThat(bob.json().get("message").textValue()).isEqualTo("two");
        }
    }

    @Test
    void theBoardCreatesAndDeletes() throws Exception {
        try (Client ada = Client.open(server.socket("/ws/message/"))) {
            assertThat(ada.text()).isEqualTo("{\"count\":0,\"messages\":[]}");

            ada.send("{\"title\":\"Lost\",\"message\":\"a glove\"}");
            long id = ada.json().at("/messages/0/id").longValue();
            ada.send("{\"action\":\"delete\",\"id\":" + id + "}");

            assertThat(ada.text()).isEqualTo("{\"count\":0,\"messages\":[]}");
        }
    }
}
