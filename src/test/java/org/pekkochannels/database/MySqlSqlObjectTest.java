package org.pekkochannels.database;

import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.GetGeneratedKeys;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.junit.jupiter.api.extension.RegisterExtension;

/** DAOs on a real MySQL. */
final class MySqlSqlObjectTest extends SqlObjectContract {
    @RegisterExtension
    static final SharedMySql MYSQL = new SharedMySql();

    /** Of new rows, MySQL tells the numbers and nothing else; an insert that returns them, it does not know. */
    @RegisterConstructorMapper(Note.class)
    public interface NumberedNotes extends Notes {
        /** Adds many by one statement, and returns their numbers. */
        @SqlBatch("insert into note (body) values (:body)")
        @GetGeneratedKeys("id")
        List<Long> addAll(@BindMethods List<Draft> drafts);

        @Override
        default Note store(Draft draft) {
            return find(add(draft.body())).orElseThrow();
        }

        @Override
        default List<Note> storeAll(List<Draft> drafts) {
            return addAll(drafts).stream().map(id -> find(id).orElseThrow()).toList();
        }
    }

    @Override
    String url() {
        return MYSQL.url();
    }

    @Override
    Class<? extends Notes> notes() {
        return NumberedNotes.class;
    }

    @Override
    String numbered() {
        return "bigint auto_increment primary key";
    }
}
