"""The vendor's Python client against a running Calypso, unchanged: queries, commands, errors, data frames, and the five
steps of a continuous export with a token callback. Started by run.ts, which says in the environment where everything is.
"""

import json
import os
import unittest
from datetime import datetime, timedelta, timezone

from azure.kusto.data import ClientRequestProperties, KustoClient, KustoConnectionStringBuilder
from azure.kusto.data.exceptions import KustoApiError, KustoServiceError
from azure.kusto.data.helpers import dataframe_from_result_table

ENDPOINT = os.environ["CALYPSO_ENDPOINT"]
DATABASE = os.environ["CALYPSO_DATABASE"]
TOKEN_FILE = os.environ["CALYPSO_TOKEN_FILE"]
IDENTITY = json.loads(os.environ["CALYPSO_IDENTITY"])
STORAGE = os.environ["CALYPSO_STORAGE"]


class ClientTest(unittest.TestCase):
    tokens_asked = 0

    @classmethod
    def token(cls) -> str:
        cls.tokens_asked += 1
        with open(TOKEN_FILE, encoding="utf-8") as file:
            return file.read().strip()

    @classmethod
    def setUpClass(cls):
        cls.client = KustoClient(KustoConnectionStringBuilder.with_token_provider(ENDPOINT, cls.token))

    @classmethod
    def tearDownClass(cls):
        cls.client.close()

    def rows(self, text, properties=None):
        return [row.to_dict() for row in self.client.execute(DATABASE, text, properties).primary_results[0]]

    def test_a_query_gives_python_values(self):
        text = (
            "print i = int(1), l = 9007199254740993, r = 1.5, s = 'é', b = true, n = long(null), "
            "d = datetime(2024-02-29T12:30:00.5Z), t = 1h, j = dynamic({'a': [1, 2]})"
        )
        (row,) = self.rows(text)
        self.assertEqual(
            row,
            {
                "i": 1,
                "l": 9007199254740993,
                "r": 1.5,
                "s": "é",
                "b": True,
                "n": None,
                "d": datetime(2024, 2, 29, 12, 30, 0, 500000, tzinfo=timezone.utc),
                "t": timedelta(hours=1),
                "j": {"a": [1, 2]},
            },
        )

    def test_the_token_callback_is_asked(self):
        self.rows("print 1")
        self.assertGreater(ClientTest.tokens_asked, 0)

    def test_query_parameters_are_values_not_text(self):
        properties = ClientRequestProperties()
        properties.set_parameter("name", "it's | take 1")
        properties.set_parameter("least", 2)
        text = "declare query_parameters(name: string, least: long); range x from 1 to 3 step 1 | where x >= least | extend n = name"
        self.assertEqual(self.rows(text, properties), [{"x": x, "n": "it's | take 1"} for x in (2, 3)])

    def test_a_data_frame_has_the_columns_and_types(self):
        table = self.client.execute(DATABASE, "range x from 1 to 1000 step 1 | extend y = x * 0.5").primary_results[0]
        frame = dataframe_from_result_table(table)
        self.assertEqual(list(frame.columns), ["x", "y"])
        self.assertEqual(len(frame), 1000)
        self.assertEqual(frame["y"].sum(), 250250.0)

    def test_a_semantic_error_is_told_with_its_code(self):
        with self.assertRaises((KustoServiceError, KustoApiError)) as caught:
            self.rows("print x = nosuchfunction(1)")
        self.assertIn("nosuchfunction", str(caught.exception))

    def test_a_command_error_is_told(self):
        with self.assertRaises((KustoServiceError, KustoApiError)) as caught:
            self.client.execute_mgmt(DATABASE, ".drop table NoSuchTable")
        self.assertIn("NoSuchTable", str(caught.exception))

    def test_a_wrong_token_is_refused(self):
        with KustoClient(KustoConnectionStringBuilder.with_token_provider(ENDPOINT, lambda: "not.a.token")) as client:
            with self.assertRaises(Exception) as caught:
                client.execute(DATABASE, "print 1")
        self.assertIn("401", repr(getattr(caught.exception, "http_response", "")) + str(caught.exception))

    def test_the_five_steps(self):
        def run(text):
            return [row.to_dict() for row in self.client.execute_mgmt(DATABASE, text).primary_results[0]]

        oid, tenant = IDENTITY["objectId"], IDENTITY["tenantId"]
        schema = "Id: long, At: datetime, Name: string"
        run(f".create table PyEvents ({schema})")
        usages = json.dumps([{"ObjectId": oid, "AllowedUsages": "AutomatedFlows, ExternalTable"}])
        run(f".alter-merge cluster policy managed_identity ```{usages}```")
        run(f".add database {DATABASE} viewers ('aadapp={oid};{tenant}')")
        for name, credential in (("PyTarget", "impersonate"), ("PyReader", f"managed_identity={oid}")):
            run(
                f".create external table {name} ({schema}) kind=storage partition by (Day: datetime = startofday(At)) "
                f"dataformat=parquet (h@'{STORAGE};{credential}')"
            )
        run(
            ".create-or-alter continuous-export PyJob over (PyEvents) to table PyTarget "
            f"with (managedIdentity='{oid}', intervalBetweenRuns=1h) <| PyEvents"
        )
        run(".ingest inline into table PyEvents <|\n1,2024-01-01T10:00:00Z,one\n2,2024-01-02T10:00:00Z,two")
        artifacts = run(".run continuous-export PyJob")
        self.assertEqual(sum(int(artifact["NumRecords"]) for artifact in artifacts), 2)
        (job,) = run(".show continuous-export PyJob")
        self.assertEqual(job["LastRunResult"], "Completed")
        back = self.rows("external_table('PyReader') | project Id, Name | order by Id asc")
        self.assertEqual(back, [{"Id": 1, "Name": "one"}, {"Id": 2, "Name": "two"}])


if __name__ == "__main__":
    unittest.main(verbosity=2)
