"""In place of the hook of PyInstaller, which brings the drivers of every database there is."""

excludedimports = ["MySQLdb", "pymysql", "oracledb", "cx_Oracle", "pyodbc", "asyncpg", "aiosqlite"]
