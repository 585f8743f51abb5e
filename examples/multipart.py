"""A form with files for urllib, which has none."""

import uuid


def form(parts):
    """parts: name and value, where a value is text or (file name, bytes). Returns body and headers."""
    boundary = uuid.uuid4().hex
    body = b""
    for name, value in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, str):
            body += f"{head}\r\n\r\n{value}\r\n".encode()
        else:
            file_name, content = value
            body += f'{head}; filename="{file_name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
            body += content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}
