package org.pekkochannels.identity;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Reads users, and counts how often it is asked. */
final class Accounts implements UserLoader<Account> {
    final AtomicInteger loads = new AtomicInteger();

    static void create(Handle handle) {
        handle.execute("create table account (id bigint primary key, name varchar(50), password varchar(50))");
        handle.execute("insert into account values (1, 'Ada', 'hash of Ada'), (2, 'Bob', 'hash of Bob')");
    }

    @Override
    public Optional<Account> load(Handle handle, String id) {
        loads.incrementAndGet();
        return handle.select("select id, name, password from account where id = ?", Long.valueOf(id))
                .map(ConstructorMapper.of(Account.class))
                .findOne();
    }

    static Account named(Handle handle, String name) {
        return handle.select("select id, name, password from account where name = ?", name)
                .map(ConstructorMapper.of(Account.class))
                .one();
    }

    @Override
    public String id(Account account) {
        return String.valueOf(account.id());
    }

    @Override
    public Optional<String> fingerprint(Account account) {
        return Optional.of(account.password());
    }
}
